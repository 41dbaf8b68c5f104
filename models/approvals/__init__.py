"""Documents that wait for somebody's consent."""

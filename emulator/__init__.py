"""A stand-in for the servers and phones of WeChat, WeCom and mini-programs."""

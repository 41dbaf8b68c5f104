"""A WeChat backend: doors, understanding, rendering, delivery and jobs."""

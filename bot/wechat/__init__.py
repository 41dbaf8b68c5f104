"""WeChat's wire formats: callback codec, inbound messages, passive replies, API clients, error codes."""

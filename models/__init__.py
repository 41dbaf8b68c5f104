"""Tables, and the rules that keep them true."""

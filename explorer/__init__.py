"""microGPT Explorer: a debugger and graph explorer for a GPT small enough to read."""

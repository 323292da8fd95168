"""The journey on screen: told and logged, who may see it, and the banner."""

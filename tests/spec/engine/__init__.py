"""The engine as tables: cases/*.yaml are stories, runner.py reads and drives them."""

"""The demonstration: an invented municipality filled by rehearsal, whose people live on, and a trial with real data.

scenes.py    what is adopted, with how many invented people, and by whom it is worked
names.py     invented names
building.py  makes it, once
living.py    lets the invented people live on in real time
"""

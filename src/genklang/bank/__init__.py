"""The bank: practices as stories, protocols and published results; found, compared and rehearsed before adoption."""

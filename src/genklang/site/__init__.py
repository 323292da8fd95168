"""The house around the rooms: settings, addresses, base templates, components, charts on the page."""

"""The language: what a practice's protocol may say. Pure; knows no engine, database, clock or file."""

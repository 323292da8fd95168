"""Films, pictures, sound, documents and subtitles: what people show each other, kept for as long as they agree."""

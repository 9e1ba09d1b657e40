"""Photos, decoded and written anew: upright, without EXIF, XMP, ICC profile, comments or trailing bytes."""

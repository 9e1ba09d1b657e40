"""What is read of courses: the catalogue, a course with one's own progress, the builder's desk."""

"""Background jobs, one noun per file; each file registers its jobs with admin/jobs.py when it is imported."""

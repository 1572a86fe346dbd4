"""Database migrations, applied in order by aerich."""

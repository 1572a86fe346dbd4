"""How computers, projects and packagers come to be known."""

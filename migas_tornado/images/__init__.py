"""Golden images: how the systems of new computers are made. Contract: data-model 8."""

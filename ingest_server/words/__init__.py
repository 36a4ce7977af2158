"""What people call things, in Chinese and beside it in English; pure, for screens and benchmark alike."""

"""What lists and trees show: Qt models over rows that come from the desk."""

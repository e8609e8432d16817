"""What commands of recognition share: badges, achievements, quests, cards and recaps."""

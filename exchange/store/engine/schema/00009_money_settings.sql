-- Money settings may be signed ahead of the day on which they are configured.
RECHECK money_settings.state CHECK (state = 'waiting' OR state = 'ahead' OR state = 'approved' OR state = 'void');

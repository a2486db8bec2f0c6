"""Know the business: conversations with a cadence, wants, two lights, signals, My business and the service review."""

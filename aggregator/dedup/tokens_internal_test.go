package dedup

// titleTokens returns the first tokens of plain text.
func titleTokens(text string, limit int) []token { return new(tokenizer).title(text, limit) }

// bodyTokens returns the first tokens of texts in safe HTML.
func bodyTokens(texts []string, limit int) []token { return new(tokenizer).body(texts, limit) }

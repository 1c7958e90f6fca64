"""Files to start from: a skeleton, and drafts of questions from tables as they are pasted."""

"""The pages of an assessment, by subject: fetch through what is visible, call one domain function, answer."""

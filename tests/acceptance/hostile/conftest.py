"""Nothing in here is a test: these are submissions, and one of them hopes to be collected."""

collect_ignore_glob = ["*"]

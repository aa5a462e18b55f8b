"""What each study is asked: its parameters, and what is wrong with a file of them."""

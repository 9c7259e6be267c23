"""Every generated sentence. Plain, warm, exact: what is so, why, how sure, and never a verdict on people.

One module for each page; all of them read the review's views and nothing else.
"""

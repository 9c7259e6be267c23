"""Files and pasted cells, read as observations: what came in, how it is understood, and what is kept or refused.

``table`` reads bytes as text cells, ``reading`` says which column is what, ``check`` judges every row, ``refusals``
gives the refused rows back and ``template`` makes the file to fill in. Nothing here knows the store or the time.
"""

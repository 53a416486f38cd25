"""``python -m w2v`` is the command ``w2v``."""

try:
    from w2v.cli import main
except KeyboardInterrupt:  # so early that there is nothing to tell, nor to clean up
    raise SystemExit(130) from None

main()

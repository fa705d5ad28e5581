"""Makes a machine ready for the labs: engine, Compose, images, settings, Python environment.

Standard library only, as it runs before anything is installed.
"""

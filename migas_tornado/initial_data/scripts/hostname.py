# Prints the name of this computer.
import platform

print(platform.node())

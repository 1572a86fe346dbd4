# Prints the PCI devices as a comma-separated list of vendor:device~description.
import glob
import os

DATABASES = ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids")
CLASSES = {
    "00": "Unclassified device",
    "01": "Mass storage controller",
    "02": "Network controller",
    "03": "Display controller",
    "04": "Multimedia controller",
    "05": "Memory controller",
    "06": "Bridge",
    "07": "Communication controller",
    "08": "Generic system peripheral",
    "09": "Input device controller",
    "0a": "Docking station",
    "0b": "Processor",
    "0c": "Serial bus controller",
    "0d": "Wireless controller",
    "0e": "Intelligent controller",
    "0f": "Satellite communications controller",
    "10": "Encryption controller",
    "11": "Signal processing controller",
    "12": "Processing accelerators",
}


def read(device, name):
    with open(os.path.join(device, name)) as file:
        return file.read().strip().replace("0x", "", 1)


def descriptions(wanted):
    """Look the devices up in the list of names, where one is installed."""
    names = {}
    path = next((path for path in DATABASES if os.path.exists(path)), None)
    if path is None:
        return names
    vendor = vendor_name = ""
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("C "):
                break
            if line[:1] not in "#\t\n":
                vendor, _, vendor_name = line.rstrip().partition("  ")
            elif line.startswith("\t") and not line.startswith("\t\t"):
                device, _, name = line.strip().partition("  ")
                if (vendor, device) in wanted:
                    names[vendor, device] = vendor_name + " " + name
    return names


found = []
for device in sorted(glob.glob("/sys/bus/pci/devices/*")):
    try:
        found.append((read(device, "vendor"), read(device, "device"), read(device, "class")))
    except OSError:
        pass
names = descriptions({(vendor, device) for vendor, device, _ in found})
items = []
for vendor, device, kind in found:
    name = names.get((vendor, device), CLASSES.get(kind[:2], "Device"))
    name = name.replace(",", " ").replace("~", "-")
    items.append(vendor + ":" + device + "~" + name)
print(",".join(items) if items else "none")

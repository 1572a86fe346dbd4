# Prints a line when /home, on a disk of this computer, is more than 90 % full.
limit=90
df -P -l /home 2>/dev/null | while read -r device blocks used available percent mount; do
    case "$percent" in
        *[0-9]%) ;;
        *) continue ;;
    esac
    if [ "$mount" = "/home" ] && [ "${percent%\%}" -gt "$limit" ]; then
        echo "$device ($mount) is $percent full: you must delete files"
    fi
done

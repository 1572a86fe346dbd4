# Prints a line when /, on a disk of this computer, is more than 90 % full.
limit=90
df -P -l / 2>/dev/null | while read -r device blocks used available percent mount; do
    case "$percent" in
        *[0-9]%) ;;
        *) continue ;;
    esac
    if [ "$mount" = "/" ] && [ "${percent%\%}" -gt "$limit" ]; then
        echo "$device ($mount) is $percent full: you must delete files"
    fi
done

"""The dashboard: one page, and the files that it consists of.

Sources of the libraries in `vendor.js` are in the folder `dashboard/` of the repository; all else
in `assets/` is served as it is written.
"""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ModulesStorage(ManifestStaticFilesStorage):
    """Django's rewriting of ES modules, with as many passes as the longest import chain needs (its default is 5)."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 50

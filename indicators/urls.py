from django.urls import path

from indicators.views import comments, editing, importing, reading, tree_steps, versions

urlpatterns = [
    path("frameworks/", reading.frameworks, name="frameworks"),
    path("frameworks/new/", editing.start, name="framework-new"),
    path("frameworks/import/", importing.choose, name="framework-import"),
    path("frameworks/import/preview/", importing.preview, name="framework-import-preview"),
    path("frameworks/file/template/", importing.template, name="framework-template"),
    path("frameworks/<int:pk>/file/<str:form>/", importing.file, name="framework-file"),
    path("frameworks/<int:pk>/", reading.framework, name="framework"),
    path("frameworks/<int:pk>/sections/<uuid:key>/", reading.framework, name="framework-section"),
    path("frameworks/<int:pk>/edit/", editing.settings, name="framework-edit"),
    path("frameworks/<int:pk>/edit/changes/", tree_steps.history, name="framework-history"),
    path("frameworks/<int:pk>/edit/add/<str:kind>/", editing.add, name="framework-add"),
    path("frameworks/<int:pk>/edit/<uuid:key>/", editing.node, name="framework-node"),
    path("frameworks/<int:pk>/edit/<uuid:key>/move/", tree_steps.move, name="framework-node-move"),
    path("frameworks/<int:pk>/edit/<uuid:key>/delete/", tree_steps.delete, name="framework-node-delete"),
    path("frameworks/<int:pk>/publish/", versions.publish, name="framework-publish"),
    path("frameworks/<int:pk>/copy/", versions.copy, name="framework-copy"),
    path("frameworks/<int:pk>/delete/", versions.delete, name="framework-delete"),
    path("frameworks/<int:pk>/compare/", versions.compare, name="framework-compare"),
    path("frameworks/<int:pk>/consult/", comments.consult, name="framework-consult"),
    path("frameworks/<int:pk>/comments/", comments.comments, name="framework-comments"),
    path(
        "frameworks/<int:pk>/comments/<int:comment>/answer/", comments.answer, name="framework-comment-answer"
    ),
]

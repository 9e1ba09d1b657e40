from django.urls import path, re_path

from consortium.interop import api

app_name = "fhir"
urlpatterns = [
    path("", api.Unknown.as_view(), name="root"),
    path("metadata", api.Metadata.as_view(), name="metadata"),
    path("<str:kind>/_search", api.SearchByPost.as_view(), name="search-by-post"),
    path("<str:kind>/<str:resource_id>/$everything", api.Everything.as_view(), name="everything"),
    path("<str:kind>/<str:resource_id>", api.Read.as_view(), name="read"),
    path("<str:kind>", api.Search.as_view(), name="search"),
    re_path(r"^(?P<rest>(?s:.*))$", api.Unknown.as_view(), name="unknown"),
]

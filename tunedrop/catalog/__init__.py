"""The catalog of base models: facts as data, read once and on demand."""

from tunedrop.catalog.loading import account_quotas, all_models, base_model, catalog
from tunedrop.catalog.models import AccountQuotas, BaseModel, Catalog, Customization
from tunedrop.catalog.offers import METHODS, alternatives, is_offered, offering, substitute, takers

__all__ = [
    "METHODS",
    "AccountQuotas",
    "BaseModel",
    "Catalog",
    "Customization",
    "account_quotas",
    "all_models",
    "alternatives",
    "base_model",
    "catalog",
    "is_offered",
    "offering",
    "substitute",
    "takers",
]

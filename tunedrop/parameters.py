"""Gateway to the SSM parameters: the recipes as deployed, and the model that applications read."""

from typing import Any

from botocore.exceptions import ClientError

from tunedrop.gateway import aws, code_of
from tunedrop.settings import model_parameter, recipe_parameter


class Parameters:
    """The parameters of one stage."""

    def __init__(self, client: Any, stage: str) -> None:
        self._client = client
        self._stage = stage

    def recipe(self, recipe: str) -> str | None:
        """The recipe as deployed, as JSON text, or None."""
        return self._find(recipe_parameter(self._stage, recipe))

    def model(self, recipe: str) -> str | None:
        """What applications invoke now, or None before the first run."""
        return self._find(model_parameter(self._stage, recipe))

    def set_model(self, recipe: str, model_id: str) -> bool:
        """Point the applications of a recipe at a model; False where they were not until now."""
        name = model_parameter(self._stage, recipe)
        if self._find(name) == model_id:
            return True
        with aws(f"write the parameter {name}"):
            self._client.put_parameter(Name=name, Value=model_id, Type="String", Overwrite=True)
        return False

    def _find(self, name: str) -> str | None:
        try:
            with aws(f"read the parameter {name}"):
                return str(self._client.get_parameter(Name=name)["Parameter"]["Value"])
        except ClientError as error:
            if code_of(error) == "ParameterNotFound":
                return None
            raise

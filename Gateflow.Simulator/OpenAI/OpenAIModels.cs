namespace Gateflow.Simulator.OpenAI;

internal static class OpenAIModels
{
    // One date for all: a model's age is the catalog's affair, not the provider's.
    private const long Created = 1_700_000_000;

    public static object List(IEnumerable<string> ids) => new { Object = "list", Data = ids.Select(Shown) };

    public static object Shown(string id) => new { Id = id, Object = "model", Created, OwnedBy = "gateflow-simulator" };
}

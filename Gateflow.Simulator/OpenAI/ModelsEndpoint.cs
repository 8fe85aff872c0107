using Gateflow.Simulator.Behaviours;
using Gateflow.Simulator.Control;

namespace Gateflow.Simulator.OpenAI;

internal static class ModelsEndpoint
{
    // One date for all: a model's age is the catalog's affair, not the provider's.
    private const long Created = 1_700_000_000;

    /// <summary>The models that were set and exist; others may be asked for all the same while the default says that they exist.</summary>
    public static Task ListAsync(HttpContext context, OpenAIIntake intake, BehaviourTable table) =>
        intake.Unauthorised(context)?.WriteAsync(context)
        ?? context.Response.WriteAsJsonAsync(
            new { Object = "list", Data = table.All.Where(entry => entry.Behaviour.Exists).Select(entry => Shown(entry.Id)) },
            SimulatorJson.Options,
            context.RequestAborted);

    public static Task GetAsync(string id, HttpContext context, OpenAIIntake intake, BehaviourTable table)
    {
        var entry = table.Find(ModelId.FromRoute(id));
        var refusal = intake.Unauthorised(context) ?? (entry.Behaviour.Exists ? null : OpenAIError.NoSuchModel(entry.Id));
        return refusal?.WriteAsync(context)
            ?? context.Response.WriteAsJsonAsync(Shown(entry.Id), SimulatorJson.Options, context.RequestAborted);
    }

    private static object Shown(string id) => new { Id = id, Object = "model", Created, OwnedBy = "gateflow-simulator" };
}

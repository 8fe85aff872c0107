using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>
/// What a rule drops and a writer would refuse: it is taken from the request before that is written. All else is done to the provider's JSON
/// (<see cref="ShimEditor"/>).
/// </summary>
internal static class RequestShims
{
    private const string Stop = "stop";

    /// <summary>The request without what the actions drop; each is noted, and free-form tools, which every writer tells as functions.</summary>
    public static ModelRequest Apply(ModelRequest request, IReadOnlyList<ShimAction> actions, ShimNotes notes)
    {
        if (request.Tools.Any(static tool => tool.FreeForm))
        {
            notes.Mapped("tools.custom", "function");
        }

        if (request.Stop.Count == 0 || !actions.Any(static action => action.Kind == ShimKind.Drop && action.Words.Contains(Stop)))
        {
            return request;
        }

        notes.Dropped(Stop);
        return request with { Stop = [] };
    }
}

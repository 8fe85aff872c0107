using System.Text.Json;

namespace Gateflow.Gateway.Schemas;

/// <summary>What OpenAI demands of a schema in its strict mode. Source: its guide "structured outputs" (supported schemas).</summary>
internal static class ClosedSchema
{
    /// <summary>Whether it is an object's, and every object in it has the listed properties only and requires them all.</summary>
    public static bool Is(JsonElement schema) => SchemaShape.Of(schema) is { IsObject: true, HasOpenObject: false, HasOptional: false };
}

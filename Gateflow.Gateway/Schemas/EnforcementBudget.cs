namespace Gateflow.Gateway.Schemas;

/// <summary>
/// How much Anthropic still enforces in one request, which it refuses as a whole when its strict tools and its format together go beyond. Source: "structured outputs" (schema complexity limits).
/// </summary>
internal sealed class EnforcementBudget
{
    private int _tools = 20, _unions = 16, _optional = 24;

    /// <summary>Takes the schema of an answer if it fits.</summary>
    public bool TryTake(EnforcedSchema schema)
    {
        if (schema.Unions > _unions || schema.Optional > _optional)
        {
            return false;
        }

        _unions -= schema.Unions;
        _optional -= schema.Optional;
        return true;
    }

    /// <summary>Takes a tool if it fits.</summary>
    public bool TryTakeTool(EnforcedSchema schema)
    {
        if (_tools == 0 || !TryTake(schema))
        {
            return false;
        }

        _tools--;
        return true;
    }
}

using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

internal static class CacheControl
{
    /// <summary>Notes a breakpoint behind what was added last, if the block carries one.</summary>
    public static void Read(Fields block, PromptPrefix prefix)
    {
        if (block.Object("cache_control") is not { } control)
        {
            return;
        }

        control.Allow("type", "ttl");
        control.Need("type");
        control.OneOf("type", "ephemeral");
        control.OneOf("ttl", "5m", "1h");
        prefix.Break();
        if (prefix.TooManyBreakpoints)
        {
            block.Fail($"A maximum of 4 blocks with cache_control may be provided. Found {prefix.Breakpoints}.");
        }
    }
}

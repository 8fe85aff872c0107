using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

internal static class CachePoint
{
    /// <summary>Notes a breakpoint behind what was added last.</summary>
    public static void Read(Fields point, BedrockFamily family, PromptPrefix prompt)
    {
        point.Allow("type", "ttl");
        point.Need("type");
        point.OneOf("type", "default");
        point.OneOf("ttl", "5m", "1h");
        if (!family.TakesCachePoints)
        {
            point.Fail("You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.");
        }

        prompt.Break();
    }
}

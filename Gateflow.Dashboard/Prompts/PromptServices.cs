namespace Gateflow.Dashboard.Prompts;

/// <summary>Registers what prompts need.</summary>
internal static class PromptServices
{
    public static IServiceCollection AddPrompts(this IServiceCollection services)
    {
        services.AddSingleton<PromptTexts>();
        return services.AddSingleton<PromptBook>();
    }
}

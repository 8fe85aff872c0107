using FluentValidation;

namespace Gateflow.Dashboard.Templates;

/// <summary>Registers what templates need.</summary>
internal static class TemplateServices
{
    public static IServiceCollection AddTemplates(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<TemplateFields>, TemplateFieldsValidator>();
        return services.AddSingleton<TemplateBook>();
    }
}

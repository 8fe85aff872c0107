using FluentValidation;
using Gateflow.Core.Audit;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Datasets;

/// <summary>What datasets register.</summary>
public static class DatasetServices
{
    public static IServiceCollection AddDatasets(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<DatasetFields>, DatasetFieldsValidator>();
        services.AddSingleton<DatasetTexts>();
        services.AddSingleton<DatasetWriter>();
        services.AddSingleton<DatasetUpload>();
        services.AddSingleton<DatasetSources>();
        services.AddSingleton(sp => new DatasetItemBook(
            sp.GetRequiredService<IDbContextFactory<GateflowDb>>(), sp.GetRequiredService<DatasetTexts>(), sp.GetRequiredService<DatasetSources>(), sp.GetRequiredService<DatasetWriter>(),
            sp.GetRequiredService<DatasetUpload>(), sp.GetRequiredService<AuditLog>()));
        return services.AddSingleton<DatasetBook>();
    }
}

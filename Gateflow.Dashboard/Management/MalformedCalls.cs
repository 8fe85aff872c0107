using System.ComponentModel;
using Gateflow.Core.Migrations;
using Microsoft.AspNetCore.Http.Metadata;

namespace Gateflow.Dashboard.Management;

/// <summary>
/// A call whose parameters could not be read, as the contract's error. The framework has then set the status 400, asks the filters all the same, and would answer with
/// nothing else.
/// </summary>
internal sealed class MalformedCalls : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        var http = context.HttpContext;
        if (http.Response.StatusCode != StatusCodes.Status400BadRequest)
        {
            return next(context);
        }

        var param = http.GetEndpoint()!.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Where(p => !IsRead(p, http.Request.Query)).Select(Name).FirstOrDefault();
        return ValueTask.FromResult<object?>(param is null
            ? ApiErrors.Error(422, "invalid_request_error", "invalid_parameter", "A parameter is missing or has a value of the wrong type.")
            : Refusal.Invalid(param, $"{param} is missing or has a value of the wrong type.").ToResult());
    }

    private static bool IsRead(IParameterBindingMetadata parameter, IQueryCollection query)
    {
        var type = parameter.ParameterInfo.ParameterType;
        return !parameter.HasTryParse || (query[Name(parameter)].ToString() is { Length: > 0 } text
            ? TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).IsValid(text)
            : parameter.IsOptional);
    }

    /// <summary>What a query calls the parameter.</summary>
    internal static string Name(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttributes(true).OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name;
}

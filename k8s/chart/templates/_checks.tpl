{{/* What can't be installed is refused before anything of it is written. */}}
{{- define "belay.checks" -}}
{{- if hasPrefix "kube-" .Release.Namespace -}}
{{- fail (printf "\n\nBelay can't be installed in %s: what the control plane's namespaces do is never looked at, and Belay must not share their fate. Use a namespace of its own: -n belay-system --create-namespace\n" .Release.Namespace) -}}
{{- end -}}
{{- range .Values.rbac.namespaces -}}
{{- if has . (list "kube-system" "kube-public" "kube-node-lease" $.Release.Namespace) -}}
{{- fail (printf "\n\nrbac.namespaces lists %s, which Belay never works in: it is the control plane's, or its own. Take it off the list\n" .) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.rbac.namespaces .Values.rbac.restoreExtensions -}}
{{- fail "\n\nrbac.restoreExtensions is a right to write what is of the whole cluster, which rbac.namespaces takes away. Set one of the two\n" -}}
{{- end -}}
{{- include "belay.checks.durations" . -}}
{{- $env := concat (include "belay.env" . | fromYamlArray) (include "belay.env.gate" . | fromYamlArray) (include "belay.env.watcher" . | fromYamlArray) -}}
{{- $names := list -}}
{{- range $env -}}{{- $names = append $names .name -}}{{- end -}}
{{- range .Values.extraEnv -}}
{{- if has .name $names -}}
{{- fail (printf "\n\nextraEnv sets %s, which the chart sets itself, by a value of its own: see k8s/chart/values.yaml, settings, certificate and javaOptions\n" .name) -}}
{{- end -}}
{{- end -}}
{{- $labels := dict "podLabels" .Values.podLabels -}}
{{- range $kind := list "serviceMonitor" "podMonitor" "prometheusRule" "dashboard" -}}
{{- $labels = set $labels (printf "metrics.%s.labels" $kind) (index $.Values.metrics $kind).labels -}}
{{- end -}}
{{- range $name, $map := $labels -}}
{{- range $label, $value := $map -}}
{{- if has $label (list "app.kubernetes.io/name" "app.kubernetes.io/component" "app.kubernetes.io/version") -}}
{{- fail (printf "\n\n%s sets %s, by which Belay's own objects are known. Take it out\n" $name $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := .Values.podAnnotations -}}
{{- if hasPrefix "helm.sh/" $name -}}
{{- fail (printf "\n\npodAnnotations sets %s, which tells Helm what the Pod of `helm test` is. Take it out\n" $name) -}}
{{- end -}}
{{- end -}}
{{- range list "ValidatingWebhookConfiguration" "MutatingWebhookConfiguration" -}}
{{- $there := lookup "admissionregistration.k8s.io/v1" . "" "belay" -}}
{{- if $there -}}
{{- $by := $there.metadata.annotations | default dict -}}
{{- $name := index $by "meta.helm.sh/release-name" | default "" -}}
{{- $namespace := index $by "meta.helm.sh/release-namespace" | default "" -}}
{{- if and $name (or (ne $name $.Release.Name) (ne $namespace $.Release.Namespace)) -}}
{{- fail (printf "\n\nBelay is installed in this cluster already: %s belay belongs to release %s in namespace %s. A cluster has one Belay. Upgrade that one: helm upgrade %s -n %s … , or take it away first: helm uninstall %s -n %s\n" . $name $namespace $name $namespace $name $namespace) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Durations, with the bounds that Belay itself has for them (dev.belay.cli.Settings). Not in the schema, which can say
no more than which characters there are, and says that by a pattern.
*/}}
{{- define "belay.checks.durations" -}}
{{- $settings := .Values.settings -}}
{{- range $name, $bounds := dict "timeout" (list "1s" "168h" "90s, 10m or 1h30m") "soak" (list "1s" "24h" "30s or 2m") "yield" (list "1s" "1h" "5s or 1m") "quiet" (list "1s" "24h" "30s or 2m") "leaseDuration" (list "5s" "10m" "15s or 1m") -}}
{{- include "belay.checks.duration" (dict "name" (printf "settings.%s" $name) "value" (index $settings $name) "least" (index $bounds 0) "most" (index $bounds 1) "such" (index $bounds 2)) -}}
{{- end -}}
{{- range $name := list "minimum" "patience" "imageNotFound" -}}
{{- include "belay.checks.duration" (dict "name" (printf "settings.failure.%s" $name) "value" (index $settings.failure $name) "least" "1s" "most" "24h" "such" "10s or 2m") -}}
{{- end -}}
{{- with .Values.certificate -}}
{{- if eq .source "belay" -}}
{{- include "belay.checks.duration" (dict "name" "certificate.validity" "value" .validity "least" "10m" "most" "3650d" "such" "90d or 48h") -}}
{{- end -}}
{{- if eq .source "cert-manager" -}}
{{- with .certManager -}}
{{- include "belay.checks.duration" (dict "name" "certificate.certManager.duration" "value" .duration "least" "1h" "most" "87600h" "such" "2160h") -}}
{{- include "belay.checks.duration" (dict "name" "certificate.certManager.renewBefore" "value" .renewBefore "least" "5m" "most" "87600h" "such" "720h") -}}
{{- if ge (include "belay.seconds" .renewBefore | atoi) (include "belay.seconds" .duration | atoi) -}}
{{- fail (printf "\n\ncertificate.certManager.renewBefore is %q, and the certificate is valid for %q (duration) only: it must be shorter\n" .renewBefore .duration) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name := list "serviceMonitor" "podMonitor" -}}
{{- with index $.Values.metrics $name -}}
{{- if .enabled -}}
{{- include "belay.checks.duration" (dict "name" (printf "metrics.%s.interval" $name) "value" .interval "least" "1s" "most" "5m" "such" "30s or 1m") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* dict "name" NAME "value" TEXT "least" TEXT "most" TEXT "such" EXAMPLES */}}
{{- define "belay.checks.duration" -}}
{{- $text := toString .value -}}
{{- $seconds := include "belay.seconds" $text | atoi -}}
{{- if or (not (regexMatch (ternary "^[0-9]{1,5}[dhm]$" "^([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$" (contains "d" .most)) $text)) (lt $seconds (include "belay.seconds" .least | atoi)) (gt $seconds (include "belay.seconds" .most | atoi)) -}}
{{- fail (printf "\n\n%s is %q: it must be a duration from %s to %s, such as %s\n" .name $text .least .most .such) -}}
{{- end -}}
{{- end }}

{{/* The seconds of a duration such as 1h30m. */}}
{{- define "belay.seconds" -}}
{{- $text := . -}}
{{- $seconds := 0 -}}
{{- range $unit, $factor := dict "d" 86400 "h" 3600 "m" 60 "s" 1 -}}
{{- $seconds = add $seconds (mul $factor (regexFind (printf "[0-9]+%s" $unit) $text | trimSuffix $unit | atoi)) -}}
{{- end -}}
{{- $seconds -}}
{{- end }}

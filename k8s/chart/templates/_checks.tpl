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
{{- $env := concat (include "belay.env" . | fromYamlArray) (include "belay.env.gate" . | fromYamlArray) (include "belay.env.watcher" . | fromYamlArray) -}}
{{- $names := list -}}
{{- range $env -}}{{- $names = append $names .name -}}{{- end -}}
{{- range .Values.extraEnv -}}
{{- if has .name $names -}}
{{- fail (printf "\n\nextraEnv sets %s, which the chart sets itself, by a value of its own: see k8s/chart/values.yaml, settings, certificate and javaOptions\n" .name) -}}
{{- end -}}
{{- end -}}
{{- range $label, $value := .Values.podLabels -}}
{{- if has $label (list "app.kubernetes.io/name" "app.kubernetes.io/component" "app.kubernetes.io/version") -}}
{{- fail (printf "\n\npodLabels sets %s, by which Belay's own Pods are known. Take it out\n" $label) -}}
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
